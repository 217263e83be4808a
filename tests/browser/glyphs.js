// Where each visible grapheme of an element stands on the screen. Runs in the outer page; `root` may be in a frame.

const INVISIBLE = /^[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+$/;
const MIRRORED = /^[()[\]{}<>«»‹›≤≥]$/;

// Lam and alef are one glyph in most fonts, and its halves have no place of their own.
function* together(segments) {
  let last = null;
  for (const { segment, index } of segments) {
    if (last && /^\u0644/.test(last.segment) && /^[\u0622\u0623\u0625\u0627\u0671]/.test(segment)) {
      last = { segment: last.segment + segment, index: last.index };
      continue;
    }
    if (last) yield last;
    last = { segment, index };
  }
  if (last) yield last;
}

function glyphs(root) {
  const page = root.ownerDocument;
  const words = new Intl.Segmenter("en", { granularity: "grapheme" });
  const nodes = page.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
    for (const { segment, index } of together(words.segment(node.data))) {
      if (INVISIBLE.test(segment)) continue;
      const range = page.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + segment.length);
      const box = range.getBoundingClientRect();
      if (/^\s+$/.test(segment) && box.width === 0) continue; // collapsed white space
      found.push({ segment, node, index, left: box.left, width: box.width, top: box.top, bottom: box.bottom });
    }
  }
  return found;
}

// Which way a bracket faces: the left half of a left-to-right character leads to the place before it.
function side(glyph) {
  const page = glyph.node.ownerDocument;
  const at = page.caretRangeFromPoint(glyph.left + glyph.width / 8, (glyph.top + glyph.bottom) / 2);
  if (!at || at.startContainer !== glyph.node) return "?";
  return { 0: "L", 1: "R" }[at.startOffset - glyph.index] ?? "?";
}

// Logical order in, screen order out: by line, then by left edge.
function layout(root) {
  const found = glyphs(root);
  const middle = (glyph) => (glyph.top + glyph.bottom) / 2;
  let line = 0;
  let bottom = -Infinity;
  for (const glyph of [...found].sort((a, b) => middle(a) - middle(b))) {
    if (middle(glyph) > bottom) {
      line += 1;
      bottom = glyph.bottom;
    }
    glyph.line = line;
  }
  const order = found.map((_, place) => place);
  order.sort((a, b) => found[a].line - found[b].line || found[a].left - found[b].left || a - b);
  return {
    text: found.map((glyph) => glyph.segment),
    order,
    sides: found.map((glyph) => (MIRRORED.test(glyph.segment) ? side(glyph) : "")),
    direction: root.ownerDocument.defaultView.getComputedStyle(root).direction,
  };
}

function answer(frames) {
  const layouts = {};
  for (const frame of frames) {
    const page = frame.contentDocument;
    frame.style.height = page.documentElement.scrollHeight + 100 + "px";
    for (const root of page.querySelectorAll("[data-probe]")) layouts[root.dataset.probe] = layout(root);
  }
  const pre = document.createElement("pre");
  pre.textContent = JSON.stringify(layouts);
  document.body.replaceChildren(pre);
}

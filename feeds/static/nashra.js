// Sharing, where a link is not enough: copying, the device's own sheet, the reader's Mastodon server.
// Without this script the buttons stay hidden and the links work by themselves. Nothing is sent anywhere; the one
// thing kept is the name of the Mastodon server, in this browser.
"use strict";

(() => {
  const KEPT = "nashra.mastodon";
  const bar = document.querySelector(".share");
  if (!bar) return;
  const address = bar.querySelector(".permalink a");
  const said = bar.querySelector(".said");
  const part = (name) => bar.querySelector(`[data-share="${name}"]`);

  function show(button) {
    button.closest("li").hidden = false;
  }

  // Emptied first, so that the same words are announced again.
  function say(text) {
    said.textContent = "";
    setTimeout(() => {
      said.textContent = text;
    }, 50);
  }

  function select(node) {
    const range = document.createRange();
    range.selectNodeContents(node);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  // The clipboard is for secure pages only; elsewhere the address that stands on the page is selected and copied.
  async function copied() {
    try {
      await navigator.clipboard.writeText(address.href);
      return true;
    } catch {
      select(address);
      return document.execCommand("copy");
    }
  }

  const copy = part("copy");
  if (copy) {
    show(copy);
    copy.addEventListener("click", async () => {
      say((await copied()) ? said.dataset.copied : said.dataset.failed);
    });
  }

  const device = part("device");
  if (navigator.share) {
    show(device);
    device.addEventListener("click", () => {
      // Refused means closed without a choice.
      navigator.share({ title: device.dataset.title, url: address.href }).catch(() => {});
    });
  }

  const mastodon = part("mastodon");
  const dialog = bar.querySelector("dialog");
  if (mastodon && dialog && dialog.showModal) askOnce(mastodon, part("server"), dialog);

  // A server's name as people write it: the name, its address, or an account on it.
  function server(written) {
    const name = written
      .trim()
      .replace(/^https?:\/\//i, "")
      .replace(/^@?[^@/]*@/, "")
      .replace(/[/?#].*$/, "");
    if (!/^[\p{L}\p{M}\p{N}.-]+(:\d+)?$/u.test(name)) return "";
    try {
      const url = new URL(`https://${name}/`);
      return url.hostname.includes(".") ? url.host : "";
    } catch {
      return "";
    }
  }

  function kept() {
    try {
      return server(localStorage.getItem(KEPT) || "");
    } catch {
      return ""; // storage is switched off
    }
  }

  function keep(name) {
    try {
      localStorage.setItem(KEPT, name);
    } catch {
      // Then it is asked for again.
    }
  }

  function askOnce(link, other, asking) {
    const text = link.getAttribute("href").split("#text=")[1]; // percent-encoded already
    const input = asking.querySelector("input");
    const wrong = asking.querySelector(".wrong");
    const point = (name) => {
      link.href = `https://${name}/share?text=${text}`;
      show(other);
    };
    const ask = () => {
      input.value = kept();
      refuse("");
      asking.showModal();
      input.focus();
    };
    const refuse = (reason) => {
      wrong.textContent = reason;
      input.setAttribute("aria-invalid", String(reason !== ""));
      if (reason) input.setAttribute("aria-describedby", "wrong");
      else input.removeAttribute("aria-describedby");
    };
    const answer = () => {
      const name = server(input.value);
      if (!name) {
        refuse(wrong.dataset.wrong);
        input.focus();
        return;
      }
      keep(name);
      point(name);
      asking.close();
      location.assign(link.href);
    };

    if (kept()) point(kept());
    link.addEventListener("click", (event) => {
      if (kept()) return;
      event.preventDefault();
      ask();
    });
    other.addEventListener("click", ask);
    asking.querySelector('[data-answer="yes"]').addEventListener("click", answer);
    asking.querySelector('[data-answer="no"]').addEventListener("click", () => asking.close());
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) answer();
    });
  }
})();

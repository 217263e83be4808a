"""Hostile pieces of content: what runs in browsers, what breaks parsers, what no feed may carry."""

from __future__ import annotations

from collections.abc import Callable

_URLS = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "java&#10;script:alert(1)",
    "&#106;&#x61;vascript:alert(1)", "javascript&colon;alert(1)", "&#1;javascript:alert(1)", "javascript\u200b:alert(1)",
    "vbscript:msgbox(1)", "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4=",
    "data:image/svg+xml,&lt;svg onload=alert(1)&gt;", "data:application/xhtml+xml,x", "feed:javascript:alert(1)",
    "view-source:javascript:alert(1)", "blob:https://x.example/1", "file:///etc/passwd", "about:blank", "http:javascript:alert(1)",
)  # fmt: skip
_HOLDERS = (
    '<a href="{}">x</a>', '<area href="{}">', '<img src="{}">', '<img srcset="{} 1x, {} 2x">', '<video poster="{}" src="{}"></video>',
    '<audio src="{}"></audio>', '<picture><source srcset="{} 2x"><img src="{}"></picture>', '<iframe src="{}"></iframe>',
    '<embed src="{}">', '<object data="{}">x</object>', '<base href="{}">', '<link rel="stylesheet" href="{}">',
    '<form action="{}"><button formaction="{}">x</button></form>', '<blockquote cite="{}">x</blockquote>',
    '<meta http-equiv="refresh" content="0;url={}">', '<svg><a xlink:href="{}"><text>x</text></a></svg>',
    '<math><mi xlink:href="{}">x</mi></math>', '<table background="{}"><tr><td background="{}">x</table>',
    '<img longdesc="{}" data-src="{}" lowsrc="{}" dynsrc="{}">', '<ins cite="{}">x</ins>', '<input type="image" src="{}">',
)  # fmt: skip
SCRIPTS = (
    *(holder.replace("{}", url) for holder in _HOLDERS for url in _URLS),
    "<script>alert(1)</script>", "<SCRIPT SRC=//x.example/x.js></SCRIPT>", "<script/x>alert(1)</script >", "<scr<script>ipt>alert(1)</script>",
    "<svg onload=alert(1)>", "<svg/onload=alert(1)//", "<svg><script>alert(1)</script></svg>", "<svg><script xlink:href='//x.example/x'/></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) /><a id=x><text>x</text></a></svg>",
    "<svg><set attributeName=onmouseover to=alert(1)></svg>", "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'></iframe></foreignObject></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>", "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<img src=x onerror=alert(1)>", "<img src='x'onerror=alert(1)>", "<img/src/onerror=alert(1)>", "<img src=x on\nerror=alert(1)>", "<p onclick='alert(1)' ONFOCUS=alert(1) tabindex=1>x</p>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>", "<video><source onerror=alert(1)></video>", "<body onload=alert(1)>", "<marquee onstart=alert(1)>x</marquee>",
    "<p style='background:url(javascript:alert(1))'>x</p>", "<p style='x:expression(alert(1))'>x</p>", "<style>@import 'javascript:alert(1)';</style>", "<style>*{behavior:url(x.htc)}</style>",
    "<xmp><img src=x onerror=alert(1)></xmp>", "<textarea><img src=x onerror=alert(1)></textarea>", "<title><img src=x onerror=alert(1)></title>", "<plaintext><img src=x onerror=alert(1)>",
    "<template><script>alert(1)</script></template>", "<noembed><img src=x onerror=alert(1)></noembed>", "<select><option><img src=x onerror=alert(1)></select>",
    "<!--><script>alert(1)</script>-->", "<!--[if IE]><script>alert(1)</script><![endif]-->", "<![CDATA[<script>alert(1)</script>]]>", "<?xml-stylesheet href='javascript:alert(1)'?>", "<!DOCTYPE html [<!ENTITY x 'y'>]>",
    "]]><script>alert(1)</script>", "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>", "<html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>",
    "<button popovertarget=x>x</button><p popover id=x onbeforetoggle=alert(1)>x</p>", "<input autofocus onfocus=alert(1)>", "<isindex action=javascript:alert(1) type=image>", "<frameset onload=alert(1)><frame src=javascript:alert(1)></frameset>",
    "<p id=x name=getElementById class=a dir=rtl lang='\" onclick=alert(1) x=\"'>x</p>", "<portal src=javascript:alert(1)>", "<a href='https://x.example' target=_blank ping='https://x.example' download rel=opener>x</a>",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&amp;lt;script&amp;gt;", "<a href=\"https://x.example/\"onclick=alert(1)>x</a>", "<<a|ascript>alert(1)</script>", "<a\x00 href=x onclick=alert(1)>x</a>", "<\u017fcript>alert(1)</\u017fcript>",
)  # fmt: skip
MARKDOWN = (
    *(f"[x]({url})" for url in _URLS), *(f"![x](<{url}>)" for url in _URLS), *(f"<{url}>" for url in _URLS), *(f"[x][1]\n\n[1]: {url}" for url in _URLS),
    "[a](https://x.example 'x\" onclick=\"alert(1)')", "![a\" onerror=\"alert(1)](https://x.example/x.png)", "```\" onclick=\"alert(1)\n<script>alert(1)</script>\n```",
    "`<img src=x onerror=alert(1)>`", "[^1]\n\n[^1]: <script>alert(1)</script>", "# <script>alert(1)</script> {#x\" onclick=alert(1)}", "|<script>alert(1)</script>|\n|-|\n|<img src=x onerror=alert(1)>|",
    "::: warning <script>alert(1)</script>\nx\n:::", "::: details \" onclick=alert(1)\nx\n:::", "> [!NOTE] <script>alert(1)</script>", "[[x|<script>alert(1)</script>]]", "![[javascript:alert(1)]]",
    '{{< x "<script>alert(1)</script>" >}}', "{% x <script>alert(1)</script> %}", "==<script>alert(1)</script>==", '<div markdown="1" onclick="alert(1)" dir="rtl">\n[x](javascript:alert(1))\n</div>', "{: onclick=\"alert(1)\" }", "import x from '<script>'",
)  # fmt: skip

# Front matter that is refused as a whole: (rows, field of the problem).
REFUSED = {
    "aliases": "a: &a [x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]",
    "an alias of itself": "a: &a [*a]",
    "a merge": "a: &a {title: x}\n<<: *a",
    "python": 'title: !!python/object/apply:os.system ["touch PWNED"]',
    "binary": "title: !!binary aGk=",
    "a tag": "title: !<tag:yaml.org,2002:int> 1",
    "deep lists": "tags: " + "[" * 3_000 + "]" * 3_000,
    "deep maps": "tags: " + "{a: " * 3_000 + "}" * 3_000,
    "deep rows": "\n".join(" " * n + f"k{n}:" for n in range(500)),
    "a list as a key": "? [a, b]\n: c",
    "another version": "%YAML 9.9",
    "two titles": "title: a\ntitle: b",
    "no map": "- a\n- b",
    "an open list": "title: [a",
    "a tab": "title:\n\t- a",
    "a title that is a map": "title: {a: b}",
    "no such day": "date: 2025-02-30",
    "a year without end": "date: 99999999999999999999-01-01",
}
# Front matter that says odd things of an article that is none the worse for it.
ODD = {
    "a long title": "title: " + "م" * 50_000,
    "many tags": "tags: [" + ", ".join(f"وسم{n}" for n in range(2_000)) + "]",
    "tags of dots": "tags: [., .., '/', '%2F', '\\', '?', '#', '', ' ', \"\\u200b\"]",
    "controls": 'title: "أ \\x07 ب\\0\\u0001 \\u0085 ج"\nauthor: "ك\\x1b[31m ا"',
    "half a pair": 'title: "أ\\uD800 ب"\nimage: "\\uDFFF.png"\ntags: ["\\uD83D"]\ncanonical: "https://x.example/\\uDC00"',
    "noncharacters": 'title: "أ\\uFFFE\\uFFFF\\uFDD0 ب"\nsummary: "\\U0001FFFE"',
    "overrides": 'title: "أ\\u202E\\u2066\\u202D ب"\nauthor: "\\u202Eشخص"\ntags: ["\\u2067وسم"]',
    "marks without end": 'title: "ا' + "\\u064b" * 5_000 + '"',
    "markup": "title: '<script>alert(1)</script> & ]]> <!-- \"'\nauthor: '<b>x</b>'\ntags: ['<i>', '&amp;']\nsummary: '</p><script>'",
    "addresses": "canonical: javascript:alert(1)\nimage: javascript:alert(1)\nenclosure: {url: 'data:text/html,x', type: text/html}\n"
    "author: {name: x, url: 'javascript:alert(1)', email: 'a@b>c'}\nsource: {title: x, url: 'vbscript:x'}\naliases: ['/s/ok', '//evil.example', '/../x', 'javascript:x']",
    "paths": "image: ../../../../etc/passwd\nenclosure: /etc/passwd\naudio: 'C:\\x.mp3'",
    "numbers": "enclosure: {url: 'https://x.example/a.mp3', length: -5, duration: '9:99:99:99'}\nexpires: ''",
    "an id of dots": "id: ..",
    "an id of markup": "id: '\"><script>alert(1)</script>'",
    "a long id": "id: " + "x" * 50_000,
}  # fmt: skip

# A body of about n steps, each inside or beside the one before.
NESTED: dict[str, Callable[[int], str]] = {
    "quotes": lambda n: "> " * n + "ن",
    "lists": lambda n: "- " * n + "ن",
    "lists in lists": lambda n: "\n".join(" " * (2 * min(k, 200)) + "- ن" for k in range(n // 10)),
    "numbers and quotes": lambda n: "1. > " * (n // 2) + "ن",
    "brackets": lambda n: "[" * n + "ن" + "]" * n,
    "pictures": lambda n: "![" * n + "ن" + "](x)" * n,
    "links": lambda n: "[a](" * n,
    "stars": lambda n: "*" * n + "ن" + "*" * n,
    "stars and lines": lambda n: "*a_ " * n,
    "ticks": lambda n: "\n".join("`" * k for k in range(1, max(2, n // 50))),
    "html": lambda n: "<div>" * n + "ن",
    "lists of html": lambda n: "<ul><li>x" * n,
    "tables of html": lambda n: "<table><tr><td>" * n,
    "bold of html": lambda n: "<b><p>x" * n,
    "links of html": lambda n: '<a href="https://x.example"><p>x' * n,
    "ends": lambda n: "</p>" * n,
    "less": lambda n: "<" * n,
    "open comments": lambda n: "<!-- " * n,
    "open tags": lambda n: '<a href="' * n,
    "entities": lambda n: "&#" * n + "&lt" * n,
    "columns": lambda n: "|" * n + "\n" + "-|" * n,
    "rows": lambda n: "|a|b|\n|-|-|\n" + "|x|y|\n" * (n // 4),
    "notes": lambda n: (
        "".join(f"[^{k}]" for k in range(n // 10)) + "\n\n" + "\n".join(f"[^{k}]: ن" for k in range(n // 10))
    ),
    "references": lambda n: "\n".join(f"[{k}]: https://x.example/{k}" for k in range(n // 10)) + "\n\n[a][1]",
    "terms": lambda n: "ن\n: م\n\n" * (n // 5),
    "containers": lambda n: "::: warning\n" * (n // 10) + "ن",
    "overrides": lambda n: "\u202e\u2066" * n + "ن",
    "marks": lambda n: "ا" + "\u064b" * n,
    "spaces": lambda n: "ن" + " " * n + "\n" + "\t" * n + "ن",
    "blank lines": lambda n: "ن" + "\n \n" * n + "ن",
    "mixed runs": lambda n: "عa1" * n,
    "telephone numbers": lambda n: "+963 " * n,
    "addresses": lambda n: "a@" * n + " http://" * n,
    "templates": lambda n: "{{% " * n + "{% comment %}\n" * (n // 10),
}

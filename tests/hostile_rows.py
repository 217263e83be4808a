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
# More disguises, in the places where addresses may stand.
_DISGUISES = (
    "java\0script:alert(1)", "&Tab;javascript:alert(1)", "jav&NewLine;ascript:alert(1)", "javascript&#0058;alert(1)", "&#0000106avascript:alert(1)", "&#x6A&#x61vascript:alert(1)",
    "\u00a0javascript:alert(1)", "\u2028javascript:alert(1)", "\ufeffjavascript:alert(1)", "\x1fjavascript:alert(1)", "\uff4aavascript:alert(1)", "java\u00adscript:alert(1)", "javascript\uff1aalert(1)",
    "javascript://https://x.example/%0aalert(1)", "https:javascript:alert(1)", "//javascript:alert(1)", "javascript:javascript:alert(1)", "livescript:x", "mhtml:http://x.example!x", "jar:https://x.example!/x",
    "ms-its:x", "intent://x#Intent;scheme=javascript;end", "data:,alert(1)", "DATA:text/html,x", " data:text/html,x", "data:text/html;charset=utf-16le,x", "data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+",
    "data:image/png,<script>alert(1)</script>", "filesystem:https://x.example/x", "chrome://settings", "ws://x.example", "\\\\x.example\\x", "/\\x.example", 'https://x.example" onclick="alert(1)', "https://x.example/'-alert(1)-'",
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
    *(holder.replace("{}", url) for holder in ('<a href="{}">x</a>', "<a href='{}'>x</a>", "<a href={}>x</a>", '<img src="{}" srcset="{} 2x">') for url in _DISGUISES),
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
    # Drawings and formulas.
    "<svg><desc><![CDATA[</desc><script>alert(1)</script>]]></desc></svg>", "<svg><title><img src=x onerror=alert(1)></title></svg>", "<svg><image href=x onerror=alert(1) /></svg>", "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a><animate attributeName=href to=javascript:alert(1) /><text>x</text></a></svg>", "<svg><set attributeName=href to=javascript:alert(1)></svg>", "<svg><handler xmlns:ev='http://www.w3.org/2001/xml-events' ev:event=load>alert(1)</handler></svg>",
    "<svg><style>{font-family:'<iframe/onload=alert(1)>'}</style></svg>", "<svg><p><style><g title='</style><img src=x onerror=alert(1)>'>", "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>", "<svg><metadata><script>alert(1)</script></metadata></svg>",
    "<svg><foreignObject><math><mi><style><img src=x onerror=alert(1)></style></mi></math></foreignObject></svg>", "<svg xmlns:x='javascript:alert(1)' x:href='y'><discard onbegin=alert(1)/></svg>",
    "<math href='javascript:alert(1)'>x</math>", "<math><maction actiontype='statusline#http://x' xlink:href='javascript:alert(1)'>x</maction></math>", "<math><mtext></mtext><mglyph><svg><mtext><textarea><path id='</textarea><img onerror=alert(1) src=1>'>",
    "<math><mi><table><mglyph><style><math><img title='</style><img src onerror=alert(1)>'>", "<math><annotation-xml encoding='application/xhtml+xml'><img src=x onerror=alert(1)></annotation-xml></math>", "<math><semantics><annotation><script>alert(1)</script></annotation></semantics></math>",
    # Style sheets.
    '<p style="background:\\75\\72\\6c(javascript:alert(1))">x</p>', "<p style='-moz-binding:url(//x.example/x.xml#x)'>x</p>", "<p style='behavior:url(#default#time2)' onbegin=alert(1)>x</p>", "<style>body{background:url('data:image/svg+xml,<svg onload=alert(1)>')}</style>",
    "<style media=x onload=alert(1)></style>", "<style>@charset 'utf-7';</style>", "<link rel=stylesheet href='data:text/css,*{color:red}'>", "<link rel=preload as=script href=//x.example/x.js imagesrcset='x'>", "<link rel=import href=//x.example>", "<link rel=dns-prefetch href=//x.example>",
    "<p style='position:fixed;inset:0;z-index:9'>x</p>", "<font style='x'>x</font>", "<center bgcolor=red background=javascript:alert(1)>x</center>",
    # Whole pages, frames, bases and forms.
    "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>", "<iframe/src='javascript:alert(1)'/>", "<iframe src='data:text/html,<script>alert(1)</script>' sandbox='allow-scripts'></iframe>", "<base href='javascript:alert(1)//'><a href=x>x</a>", "<base target=_top>",
    "<meta charset=utf-7>+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "<meta http-equiv=set-cookie content='a=1'>", '<meta http-equiv=Content-Security-Policy content="default-src *">', "<meta name=referrer content=unsafe-url>", "<META HTTP-EQUIV='refresh' CONTENT='0;URL=data:text/html,x'>",
    "<form id=x></form><button form=x formaction=javascript:alert(1)>x</button>", "<form name=body><input name=innerHTML></form>", "<form><input type=password name=p></form>", "<input type=submit formaction=javascript:alert(1) value=x>", "<keygen autofocus onfocus=alert(1)>", "<textarea autofocus onfocus=alert(1)>x</textarea>",
    "<select autofocus onfocus=alert(1)><option>x</select>", "<label for=x onclick=alert(1)>x</label>", "<dialog open onclose=alert(1)>x</dialog>", "<fieldset disabled onclick=alert(1)>x</fieldset>", "<output name=x onforminput=alert(1)>x</output>",
    # Old and odd elements.
    "<applet code=x.class archive=//x.example/x.jar></applet>", "<bgsound src=javascript:alert(1)>", "<layer src=//x.example/x></layer>", "<ilayer src=x></ilayer>", "<blink onclick=alert(1)>x</blink>", "<object type=text/html data=//x.example><param name=movie value=javascript:alert(1)></object>",
    "<img usemap=#m><map name=m><area href=javascript:alert(1) coords=0,0,9,9></map>", "<video><track default src=javascript:alert(1) oncuechange=alert(1)></video>", "<audio autoplay onloadstart=alert(1) src=x></audio>", "<custom-x onclick=alert(1)>x</custom-x>", "<slot onslotchange=alert(1)>x</slot>",
    "<div><template shadowrootmode=open><script>alert(1)</script></template></div>", "<noframes><img src=x onerror=alert(1)></noframes>", "<listing><img src=x onerror=alert(1)></listing>", "<nextid n=x onclick=alert(1)>", "<xml id=x><a><b>&lt;script>alert(1)&lt;/script></b></a></xml>", "<x contenteditable onbeforeinput=alert(1)>x</x>",
    # Attributes that end where nobody expects it.
    "<img src=`x` onerror=alert(1)>", "<img src=x\x0conerror=alert(1)>", "<img src=x\x0bonerror=alert(1)>", '<img src=x ""onerror=alert(1)>', '<img src="x""onerror=alert(1)>', "<img src='x' alt='\"><script>alert(1)</script>'>", '<img alt="<!--" src=x title="--><script>alert(1)</script>">', "<p =x onclick=alert(1)>x</p>",
    '<p "="onclick=alert(1)>x</p>', "<p onclick\u3000=alert(1)>x</p>", "<p on\u00adclick=alert(1)>x</p>", "<p ONCLICK\n=\n'alert(1)'>x</p>", "<p xml:base='javascript:alert(1)'><a href='x'>x</a></p>", "<p title='&quot; onclick=alert(1) x=&quot;'>x</p>", "<a href='https://x.example/?a=&quot;onclick=alert(1)'>x</a>",
    "<!-- x --!><script>alert(1)</script>", "<!--><img src=x onerror=alert(1)>", "<!---><img src=x onerror=alert(1)>", "<! x><script>alert(1)</script>", "</ x><script>alert(1)</script>", "<?php echo '<script>' ?>", "<%= x %><script>alert(1)</script>", "<script/**/src=x></script/**/>", "<script\u2028>alert(1)</script>", "<script src=data:,alert(1)>",
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
    "the end of a script": "title: '</script><!--<script>alert(1)//'\nsummary: '--></script><img src=x onerror=alert(1)>'\nauthor: ']]></script>'\ntags: ['</script>']\n"
    "image: {url: p.png, alt: '\"><script>alert(1)</script>', caption: '<img src=x onerror=alert(1)>', credit: '<svg onload=alert(1)>'}\nsource: {title: '<script>x</script>', url: 'https://x.example/\"><script>'}",
    "paths": "image: ../../../../etc/passwd\nenclosure: /etc/passwd\naudio: 'C:\\x.mp3'",
    "numbers": "enclosure: {url: 'https://x.example/a.mp3', length: -5, duration: '9:99:99:99'}\nexpires: ''",
    "an id of dots": "id: ..",
    "an id of markup": "id: '\"><script>alert(1)</script>'",
    "a long id": "id: " + "x" * 50_000,
}  # fmt: skip

# The same in TOML; all of it is refused, in linear time.
TOML_REFUSED = {
    "deep arrays": "tags = " + "[" * 3_000 + "]" * 3_000,
    "deep tables": "a = " + "{a=" * 3_000 + "1" + "}" * 3_000,
    "a long dotted key": ".".join("a" * 60_000) + " = 1",
    "a long dotted header": "[" + " . ".join("a" * 30_000) + "]",
    "a long dotted key of quotes": ".".join(['"a"'] * 30_000) + " = 1",
    "a long number": "n = " + "9" * 100_000,
    "a long hexadecimal number": "n = 0x" + "f" * 100_000,
    "two titles": "title = 'a'\ntitle = 'b'",
    "half a pair": 'summary = "\\ud800"',
    "no such day": "updated = 2025-02-30",
    "an open text": 's = """' + "\n[" * 1_000,
    "a table of tables that is none": "a = 1\n[[a]]",
}
# And what is only odd.
TOML_ODD = {
    "spaces behind a bracket": 's = """\n[' + " " * 100_000 + '\n"""',
    "a word among spaces behind a bracket": 's = """\n[' + " " * 50_000 + "x" + " " * 50_000 + '\n"""',
    "quotes": "s = '''\n" + '"' * 100_000 + "\n'''",
    "one long word": "s = '''\n" + "a" * 100_000 + "\n'''",
    "no number": "n = nan\nm = -inf\nl = 1e999999999",
    "tables of tables": "[[a]]\n" * 9_000,
    "NUL": 'summary = "أ\\u0000 ب"',
    "controls": 'author = "ك\\u001b[31m\\u202e ا"',
}

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

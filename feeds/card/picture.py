"""Pixels: the picture behind a headline, and the weight of the finished one."""

from __future__ import annotations

import base64
import warnings
from io import BytesIO

from PIL import Image, ImageFilter, ImageOps

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_COLOURS = (256, 128, 64, 32, 16)


def soften(picture: bytes, width: int, height: int, radius: int) -> str:
    """The picture as a data URI: cropped about its middle to the size in pixels, without transparency, blurred so
    that letters can be read on it. Empty for what is no JPEG, PNG, WebP or GIF or is broken or huge."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(picture), formats=_FORMATS) as opened:
                opened.draft("RGB", (width, height))
                upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return ""
    ground = Image.new("RGBA", upright.size, "white")
    flat = Image.alpha_composite(ground, upright).convert("RGB")
    fitted = ImageOps.fit(flat, (width, height)).filter(ImageFilter.GaussianBlur(radius))
    out = BytesIO()
    fitted.save(out, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def lighten(png: bytes, limit_bytes: int) -> bytes:
    """The same picture in at most `limit_bytes` where a palette of 256 to 16 colours can do that, else
    in the 16 colours."""
    if len(png) <= limit_bytes:
        return png
    with Image.open(BytesIO(png)) as opened:
        flat = opened.convert("RGB")
    for colours in _COLOURS:
        out = BytesIO()
        flat.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= limit_bytes:
            break
    return out.getvalue()

"""The share picture of an article's own picture where that is too heavy, or of a kind that is not shown in shares:
a JPEG of at most 1200 pixels and less than 300 kB.

What it is, size included, is known without decoding anything; it is made when it is asked for.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image as Pillow
from PIL import ImageCms, ImageFilter, ImageOps

from feeds import rasterise, svg
from feeds.card import fonts
from feeds.cards import Card, Cards
from feeds.config import Config
from feeds.datauri import BROKEN, MOST_PIXELS
from feeds.drawn import Drawn
from feeds.media import HEAVY_BYTES, MediaFile

BOX = 1200  # pixels of the longer side
LIMIT_BYTES = 299_999
_SHOWN = ("image/jpeg", "image/png")  # by everybody
_DRAWABLE = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF", "image/avif": "AVIF"}
_MOST_BYTES = 64_000_000
_QUALITIES = (85, 75, 65, 50, 35, 20)
_BLURS = (0, 2, 8)  # pixels; the last makes any picture light enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivative:
    """A JPEG of exactly `width`×`height` pixels. `key` changes with all that goes into it, `etag` also with the
    card."""

    file: MediaFile
    width: int
    height: int
    key: str
    etag: str
    card: Card


def suits(file: MediaFile) -> bool:
    """Whether a file can be shared as it is."""
    pixels = file.width * file.height
    return file.media_type in _SHOWN and file.length_bytes <= HEAVY_BYTES and pixels <= MOST_PIXELS


def size(file: MediaFile) -> tuple[int, int] | None:
    """Width and height of the derivative; None for what is no picture, has no known size or would be a burden to
    decode."""
    is_drawing = file.media_type == "image/svg+xml"
    if not is_drawing and file.media_type not in _DRAWABLE:
        return None
    if not file.width or not file.height or file.length_bytes > (svg.LIMIT_BYTES if is_drawing else _MOST_BYTES):
        return None
    if not is_drawing and file.width * file.height > MOST_PIXELS:
        return None
    longer = max(file.width, file.height)
    box = BOX if is_drawing else min(BOX, longer)  # a drawing has no pixels that could grow coarse
    width, height = (max(1, (side * box + longer // 2) // longer) for side in (file.width, file.height))
    return width, height


def describe(file: MediaFile, card: Card) -> Derivative | None:
    """What is made of a file, known before it is made; None where `size` is."""
    sides = size(file)
    if sides is None:
        return None
    key = _digest(_source(), file.media_type, file.fingerprint, *sides)
    width, height = sides
    return Derivative(file=file, width=width, height=height, key=key, etag=_digest(key, card.etag), card=card)


class Derivatives:
    """Kept in a folder of the state."""

    def __init__(self, state: Path, cards: Cards) -> None:
        self._drawn = Drawn(state / "pictures", ".jpg")
        self._cards = cards

    def picture(self, config: Config, wanted: Derivative, *, kept: bool = True) -> bytes:
        """The JPEG. Its type and size have been promised, so where the file cannot be decoded it shows the card."""
        made = self._drawn.keep(wanted.key, lambda: _made(config.content_path, wanted), kept=kept)
        return made or self._drawn.keep(
            wanted.etag, lambda: _fallback(wanted, self._cards.picture(config, wanted.card, kept=kept)), kept=kept
        )  # fmt: skip


def _made(root: Path, wanted: Derivative) -> bytes:
    """Empty for what cannot be decoded."""
    try:
        data = _bytes(root, wanted.file)
        if wanted.file.media_type == "image/svg+xml":
            data = svg.draw(data, wanted.width, wanted.height, fonts=fonts.paths(), family=fonts.OTHERS) or b""
        opened = _opened(data, wanted)
        return _light(_flat(opened.resize((wanted.width, wanted.height), Pillow.Resampling.LANCZOS)))
    except BROKEN:
        return b""


def _bytes(root: Path, file: MediaFile) -> bytes:
    """Raises OSError for a file that is not the one that was catalogued."""
    path = (root / file.path).resolve()
    if not path.is_relative_to(root.resolve()) or path.stat().st_size != file.length_bytes:
        raise OSError("not there any more")
    data = path.read_bytes()
    if not hashlib.sha256(data).hexdigest().startswith(file.fingerprint):
        raise OSError("changed")
    return data


def _opened(data: bytes, wanted: Derivative) -> Pillow.Image:
    """Upright and in sRGB: RGB, or RGBA where something shines through. Raises one of `BROKEN`."""
    kind = _DRAWABLE.get(wanted.file.media_type, "PNG")
    with warnings.catch_warnings():
        warnings.simplefilter("error", Pillow.DecompressionBombWarning)
        with Pillow.open(BytesIO(data), formats=(kind,)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ValueError("too many pixels")
            opened.draft("RGB", (BOX, BOX))  # a JPEG is decoded at a fraction of its size
            opened.load()
            profile = opened.info.get("icc_profile")
            upright = ImageOps.exif_transpose(opened)
    return _srgb(upright, profile)


def _srgb(picture: Pillow.Image, profile: bytes | None) -> Pillow.Image:
    has_alpha = picture.has_transparency_data
    if picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.point(lambda value: value / 256).convert("L")
    if profile and picture.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            output = "RGBA" if picture.mode == "RGBA" else "RGB"
            return ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode=output
            ) or picture.convert(output)  # fmt: skip
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile is none
    return picture.convert("RGBA" if has_alpha else "RGB")


def _flat(picture: Pillow.Image) -> Pillow.Image:
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    return Pillow.alpha_composite(Pillow.new("RGBA", picture.size, "white"), picture).convert("RGB")


def _light(picture: Pillow.Image) -> bytes:
    """The best JPEG below the limit."""
    for blur in _BLURS:
        shown = picture.filter(ImageFilter.GaussianBlur(blur)) if blur else picture
        for quality in _QUALITIES:
            out = BytesIO()
            shown.save(out, "JPEG", quality=quality, progressive=True, optimize=True, exif=b"", icc_profile=None)
            if out.tell() <= LIMIT_BYTES:
                return out.getvalue()
    return out.getvalue()


def _fallback(wanted: Derivative, picture: bytes) -> bytes:
    with Pillow.open(BytesIO(picture)) as opened:
        flat = _flat(opened.convert("RGBA"))
    return _light(ImageOps.pad(flat, (wanted.width, wanted.height), color="white"))


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


@cache
def _source() -> str:
    """Changes with the code that makes the picture."""
    sources = (__file__, svg.__file__, rasterise.__file__)
    return hashlib.sha256(b"".join(Path(path).read_bytes() for path in sources)).hexdigest()

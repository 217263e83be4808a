"""Which of a site's and an article's pictures fits which place of a feed. Pictures of unknown size (0) are taken
at the publisher's word where a place has no hard limit."""

from __future__ import annotations

from dataclasses import dataclass, replace

from feeds.article import Image

_RASTER = ("image/png", "image/jpeg", "image/gif")  # RSS 2.0, channel image
_BADGE_WIDTH, _BADGE_HEIGHT = 144, 400  # RSS 2.0, channel image: greatest width and height
_LARGE, _SMALL = 512, 64  # JSON Feed 1.1, icon and favicon
_EPISODE = ("image/png", "image/jpeg")  # Apple Podcasts, artwork
_BANNER_WIDTH, _BANNER_RATIO = 1000, 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A site's own pictures, found below content/ or elsewhere."""

    icon: Image | None = None
    logo: Image | None = None
    cover: Image | None = None
    podcast: Image | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The site's pictures by the places of a feed that they fit."""

    icon: Image | None
    badge: Image | None  # the icon within the limits of RSS
    large_icon: Image | None
    small_icon: Image | None
    logo: Image | None
    vector_logo: Image | None
    cover: Image | None


def look(brand: Brand) -> Look:
    """Each picture where it fits, None where it does not."""
    return Look(
        icon=brand.icon,
        badge=badge(brand.icon),
        large_icon=large_icon(brand.icon),
        small_icon=small_icon(brand.icon),
        logo=brand.logo,
        vector_logo=vector(brand.logo),
        cover=brand.cover,
    )


def badge(icon: Image | None) -> Image | None:
    """The icon as RSS may show it: a larger one with the width and height it is to be shown in."""
    if icon is None or icon.media_type not in _RASTER:
        return None
    scale = min(1.0, _BADGE_WIDTH / (icon.width or 1), _BADGE_HEIGHT / (icon.height or 1))
    return replace(icon, width=int(icon.width * scale), height=int(icon.height * scale))


def large_icon(icon: Image | None) -> Image | None:
    return icon if icon and _square(icon) and (not icon.width or icon.width >= _LARGE) else None


def small_icon(icon: Image | None) -> Image | None:
    return icon if icon and _square(icon) and (not icon.width or icon.width >= _SMALL) else None


def banner(image: Image | None) -> Image | None:
    """The picture if it is wide enough to stand across the top of an item."""
    if image is None or image.width < _BANNER_WIDTH or image.width < image.height * _BANNER_RATIO:
        return None
    return image


def artwork(image: Image | None) -> Image | None:
    """The picture if podcast players show it: a square JPEG or PNG."""
    return image if image and image.media_type in _EPISODE and _square(image) else None


def vector(image: Image | None) -> Image | None:
    return image if image and image.media_type == "image/svg+xml" else None


def _square(image: Image) -> bool:
    return image.width == image.height

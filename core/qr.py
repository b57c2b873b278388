"""QR codes as PNG or as a drawing in a page: dark on white, quiet zone included, error correction M."""

import io

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString
from PIL import Image
from qrcode.image.pil import PilImage


def _made(text: str, box: int = 10) -> qrcode.QRCode:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=box, border=4)
    code.add_data(text)
    code.make(fit=True)
    return code


def qr_image(text: str, box: int = 10) -> Image.Image:
    """Return the code as a picture; `box` is the side of one module in pixels."""
    code = _made(text, box)
    return code.make_image(PilImage, fill_color="black", back_color="white").get_image().convert("RGB")


def qr_png(text: str, box: int = 10) -> bytes:
    """Return the code as PNG bytes."""
    stored = io.BytesIO()
    qr_image(text, box).save(stored, "PNG", optimize=True)
    return stored.getvalue()


def qr_svg(text: str, label: str) -> SafeString:
    """Return the code as a drawing to stand in a page that is printed at any size; `label` says where it leads."""
    rows = _made(text).get_matrix()
    dots = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return format_html(
        '<svg class="qr" viewBox="0 0 {0} {0}" shape-rendering="crispEdges" role="img" aria-label="{1}">'
        '<path fill="#fff" d="M0 0h{0}v{0}H0z"/><path fill="#000" d="{2}"/></svg>',
        len(rows), label, dots,
    )  # fmt: skip

"""QR codes as PNG: dark on white, quiet zone included, error correction M."""

import io

import qrcode
from PIL import Image
from qrcode.image.pil import PilImage


def qr_image(text: str, box: int = 10) -> Image.Image:
    """Return the code as a picture; `box` is the side of one module in pixels."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=box, border=4)
    code.add_data(text)
    code.make(fit=True)
    return code.make_image(PilImage, fill_color="black", back_color="white").get_image().convert("RGB")


def qr_png(text: str, box: int = 10) -> bytes:
    """Return the code as PNG bytes."""
    stored = io.BytesIO()
    qr_image(text, box).save(stored, "PNG", optimize=True)
    return stored.getvalue()

"""Files that were made to do harm, and the good ones they pretend to be. Drawn and packed here, byte by byte."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
from PIL import Image, ImageCms

RED, GREEN, BLUE, GREY = (220, 20, 20), (20, 200, 20), (20, 20, 220), (128, 128, 128)
ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825


def quarters(size: tuple[int, int] = (96, 64), mode: str = "RGB") -> Image.Image:
    """A picture whose corners differ: red, green, blue, grey, clockwise from the top left."""
    width, height = size
    picture = Image.new("RGB", size, GREY)
    picture.paste(RED, (0, 0, width // 2, height // 2))
    picture.paste(GREEN, (width // 2, 0, width, height // 2))
    picture.paste(BLUE, (width // 2, height // 2, width, height))
    return picture if mode == "RGB" else picture.convert(mode)


def packed(picture: Image.Image, picture_format: str, **options: Any) -> bytes:
    data = BytesIO()
    picture.save(data, picture_format, **options)
    return data.getvalue()


def phone_jpeg(orientation: int = 1) -> bytes:
    """A JPEG as phones write it: with its orientation, the maker, the place and a comment."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKER] = "SecretMaker"
    exif.get_ifd(GPS)[2] = (37.0, 33.0, 0.0)
    return packed(quarters(), "JPEG", quality=95, subsampling=0, exif=exif.tobytes(), comment=b"SecretComment")


def phone_heic() -> bytes:
    """96 × 64 pixels with a blue quarter at the top left, turned by a quarter to the right; the place in its EXIF."""
    return (Path(__file__).with_name("data") / "phone.heic").read_bytes()


def heic_that_crashes_its_decoder() -> bytes:
    return phone_heic().replace(b"Exif", b"\xffxif", 1)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_bomb(width: int, height: int) -> bytes:
    """A small PNG that unpacks to ``width`` × ``height`` black pixels in RGBA."""
    rows = zlib.compressobj(9)
    row = bytes(1 + width * 4)
    body = b"".join(rows.compress(row) for _ in range(height)) + rows.flush()
    return png_that_claims(width, height, body)


def png_that_claims(width: int, height: int, body: bytes = b"\x78\x9c\x03\x00\x00\x00\x00\x01") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def jpeg_of_many_scans(scan_count: int) -> bytes:
    """A progressive JPEG whose many scans are a few bytes each but make the decoder walk the whole picture each time.

    One grey component of 6,000 × 6,000 pixels; every scan refines one coefficient of all blocks by nothing.
    """
    side = 6000
    block_count = (side // 8) ** 2
    frame = struct.pack(">BHHB", 8, side, side, 1) + b"\x01\x11\x00"
    quantisation = b"\x00" + bytes([1] * 64)
    # One code for each: bit 0 ends 16,384 blocks or more of AC at once (EOB14), and for DC means "no change".
    dc_table = b"\x00" + bytes([1] + [0] * 15) + b"\x00"
    ac_table = b"\x10" + bytes([1] + [0] * 15) + b"\xe0"
    first = _segment(0xDA, b"\x01\x01\x00\x00\x00\x00") + bytes(block_count // 8 + 1)
    runs = block_count // 16384 + 1
    bits = "".join("0" + "0" * 14 for _ in range(runs))
    scan_data = int(bits.ljust((len(bits) + 7) // 8 * 8, "1"), 2).to_bytes((len(bits) + 7) // 8, "big")
    again = _segment(0xDA, b"\x01\x01\x00\x01\x01\x00") + scan_data.replace(b"\xff", b"\xff\x00")
    head = b"\xff\xd8" + _segment(0xDB, quantisation) + _segment(0xC2, frame)
    return head + _segment(0xC4, dc_table) + _segment(0xC4, ac_table) + first + again * scan_count + b"\xff\xd9"


def _segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg_with_broken_index() -> bytes:
    """A good JPEG whose index of further pictures (MPF) does not say how many there are."""
    jpeg = packed(quarters(), "JPEG")
    # A TIFF directory with one harmless entry, where the entry "number of images" should stand.
    directory = b"II*\x00\x08\x00\x00\x00" + struct.pack("<HHHI4sI", 1, 0xB000, 7, 4, b"0100", 0)
    return jpeg[:2] + _segment(0xE2, b"MPF\x00" + directory) + jpeg[2:]


def gif_of_frames(count: int) -> bytes:
    frames = [Image.new("P", (8, 8), number % 2) for number in range(count)]
    for frame in frames:
        frame.putpalette([220, 20, 20, 20, 200, 20])
    return packed(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=20, optimize=False, disposal=2)


def swapped_profile() -> bytes:
    """A colour profile in which red and green have changed places: sRGB with two tags renamed."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", profile, 128)[0]
    places = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * count, 12)}
    profile[places[b"rXYZ"] : places[b"rXYZ"] + 4] = b"gXYZ"
    profile[places[b"gXYZ"] : places[b"gXYZ"] + 4] = b"rXYZ"
    return bytes(profile)


def pdf(page_count: int = 1, *, user_password: str | None = None, owner_password: str | None = None) -> bytes:
    writer = pypdf.PdfWriter()
    for _ in range(page_count):
        writer.add_blank_page(width=100, height=100)
    if user_password is not None:
        writer.encrypt(user_password, owner_password, algorithm="AES-256")
    data = BytesIO()
    writer.write(data)
    return data.getvalue()


HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
ZIP = b"PK\x03\x04" + bytes(60)
BLP = b"BLP2" + struct.pack("<IBBBBII", 1, 1, 0, 0, 0, 20_000, 20_000) + bytes(260)
AVIF = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1miafMA1B" + bytes(64)

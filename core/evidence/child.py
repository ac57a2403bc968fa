"""The child process in which hostile files are decoded. Run by path, alone, with one argument: its limits as JSON.

It imports neither Django nor anything else of the portal, inherits no secrets, and talks through one socket on file
descriptor 0: a job is a header and the file's bytes, an answer a header and the working copy's bytes. It promises
an answer to every job or its own death, and it dies when its parent does. What it answers is not trusted either.
"""

import ctypes
import json
import os
import resource
import signal
import socket
import struct
import sys
import time
import warnings
from io import BytesIO
from typing import Any, BinaryIO

import pi_heif
import pypdf
from PIL import GifImagePlugin, Image, ImageCms, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

#: Length of the JSON header, length of the bytes that follow it.
FRAME = struct.Struct(">II")
MEGABYTE = 1024 * 1024
PR_SET_PDEATHSIG = 1

Header = dict[str, Any]

# Named so that every decoder is imported before the limits close, and none besides them is.
DECODERS = (GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin)

#: EXIF orientation to what turns the picture upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ORIENTATION_TAG = 0x0112
SIDEWAYS = (5, 6, 7, 8)
HALF = 0.5


class Refused(Exception):
    """The file cannot be accepted; the argument is the code that the parent passes on."""


# -- pictures -----------------------------------------------------------------------------------------------------


def prepare_decoders(max_pixels: int) -> None:
    """Set Pillow up to refuse rather than to warn, and never to look for a second picture inside a JPEG."""
    # The factory that Pillow registers hands some JPEGs to its MPO reader, which raises KeyError on hostile ones.
    Image.register_open("JPEG", JpegImagePlugin.JpegImageFile, lambda prefix: prefix.startswith(b"\xff\xd8\xff"))
    pi_heif.register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False, aux_images=False)
    Image.MAX_IMAGE_PIXELS = max_pixels
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def decode_picture(data: bytes, decoder: str, limits: Header) -> tuple[Header, bytes]:
    """The upright size of the picture and its safe working copy: first frame, sRGB, no metadata."""
    picture = Image.open(BytesIO(data), formats=(decoder,))
    if decoder != "JPEG":
        # A JPEG is not loaded yet: ``thumbnail`` has its decoder deliver a reduced picture, four times as fast.
        picture.load()
    width, height = picture.size
    more_frames = bool(getattr(picture, "is_animated", False))
    side = limits["longest_side"]
    small = in_eight_bits(picture)
    small.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    small.load()
    turn = orientation(picture)
    media_type, copy = encode(to_srgb(small.transpose(TURNS[turn]) if turn in TURNS else small), limits)
    if turn in SIDEWAYS:
        width, height = height, width
    return {"media_type": media_type, "width": width, "height": height, "more_frames": more_frames}, copy


def glance_at(data: bytes, decoder: str, limits: Header) -> tuple[Header, bytes]:
    """The picture in grey, upright and small, to be compared and not kept: its shorter side is near ``glance_side`` or
    up to twice that, decoded no larger than the format asks. The answer's bytes are its pixels, row by row.
    """
    picture = Image.open(BytesIO(data), formats=(decoder,))
    width, height = picture.size
    more_frames = bool(getattr(picture, "is_animated", False))
    turn, side = orientation(picture), limits["glance_side"]
    picture.draft("L", (side, side))
    grey = in_grey(picture)
    scale = side / min(grey.size)
    if scale <= HALF:
        size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
        grey = grey.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    # A strip stays as long as a working copy at most.
    grey.thumbnail((limits["longest_side"], limits["longest_side"]))
    grey = grey.transpose(TURNS[turn]) if turn in TURNS else grey
    if turn in SIDEWAYS:
        width, height = height, width
    told = {"width": width, "height": height, "columns": grey.width, "rows": grey.height}
    return {**told, "more_frames": more_frames}, grey.tobytes()


def in_grey(picture: Image.Image) -> Image.Image:
    """The picture in eight bits of grey, with white where it is transparent and without metadata."""
    picture = in_eight_bits(picture)
    if picture.mode == "RGBA":
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    grey = picture.convert("L")
    grey.info = {}
    return grey


def in_eight_bits(picture: Image.Image) -> Image.Image:
    """The picture itself, or, where its mode cannot be scaled down smoothly, in RGB, RGBA or L."""
    if picture.mode.startswith(("I", "F")):
        # Pillow's own conversion cuts off at 255 instead of scaling sixteen bits down.
        return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if picture.has_transparency_data and picture.mode != "RGBA":
        return picture.convert("RGBA")
    return picture.convert("RGB") if picture.mode in ("1", "P") else picture


def orientation(picture: Image.Image) -> int:
    """What EXIF says of the way up. Nothing readable means upright; HEIF was turned by its decoder already."""
    try:
        return int(picture.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # Hostile EXIF raises nearly anything, and a picture is not refused for its metadata.
        return 1


#: What a colour profile must describe for the mode that it is applied to.
PROFILE_SPACES = {"RGB": "RGB", "RGBA": "RGB", "L": "GRAY", "CMYK": "CMYK"}


def to_srgb(picture: Image.Image) -> Image.Image:
    """The picture in RGB or RGBA and in sRGB, by its own colour profile where that can be read."""
    wanted = "RGBA" if picture.mode in ("RGBA", "RGBa", "LA", "La", "PA") else "RGB"
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in PROFILE_SPACES:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            if source.profile.xcolor_space.strip() == PROFILE_SPACES[picture.mode]:
                target = ImageCms.createProfile("sRGB")
                converted = ImageCms.profileToProfile(picture, source, target, outputMode=wanted)
                return converted if converted is not None else picture.convert(wanted)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # A broken profile costs the exact shade, not the picture.
    return picture if picture.mode == wanted else picture.convert(wanted)


def encode(picture: Image.Image, limits: Header) -> tuple[str, bytes]:
    """The copy's type and bytes: PNG where transparency is really used and the file stays small, else JPEG."""
    picture.info = {}  # Encoders carry comments, profiles and transparency over from here.
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() != (255, 255):
        copy = BytesIO()
        picture.save(copy, "PNG")
        if copy.tell() <= limits["png_max_bytes"]:
            return "image/png", copy.getvalue()
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    copy = BytesIO()
    picture.convert("RGB").save(copy, "JPEG", quality=limits["jpeg_quality"])
    return "image/jpeg", copy.getvalue()


# -- documents ----------------------------------------------------------------------------------------------------


def read_document(data: bytes, limits: Header) -> tuple[Header, bytes]:
    """How many pages a PDF has. One that opens without a password though it is encrypted is accepted."""
    reader = pypdf.PdfReader(BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("password")
    page_count = len(reader.pages)
    if page_count > limits["max_pages"]:
        raise Refused("too_many_pages")
    if page_count < 1:
        raise Refused("damaged")
    return {"page_count": page_count}, b""


# -- limits -------------------------------------------------------------------------------------------------------


def die_with_parent(parent: int) -> None:
    """Ask the kernel for a SIGKILL when the thread that started this process ends (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit("The parent is gone already.")


def close_limits(limits: Header) -> None:
    """What the decoders may never exceed: memory, open files, files written, core dumps."""
    # A limit that one platform does not know must not leave the others unset.
    cap("RLIMIT_AS", limits["memory_mb"] * MEGABYTE)
    cap("RLIMIT_NOFILE", limits["open_files"])
    cap("RLIMIT_FSIZE", 0)
    cap("RLIMIT_CORE", 0)


def cap(name: str, value: int) -> None:
    number = getattr(resource, name, None)
    if number is None:
        return
    hard = resource.getrlimit(number)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(number, (value, value))
    except (ValueError, OSError):
        if sys.platform == "linux":
            raise


def allow_processor_time(seconds: int) -> None:
    """Let the next job use that much processor time from here on; SIGXCPU ends the process after it."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds + 1, hard))


def resident_megabytes() -> int:
    """Memory in use now, where the kernel tells it; else nothing."""
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // MEGABYTE
    except OSError:
        return 0


# -- jobs ---------------------------------------------------------------------------------------------------------


def answer(data: bytes, job: Header, limits: Header) -> tuple[Header, bytes]:
    """Work on one file. Whatever a decoder raises becomes a code."""
    decoder = job["decoder"]
    try:
        if decoder == "PDF":
            return read_document(data, limits)
        return (glance_at if job.get("glance") else decode_picture)(data, decoder, limits)
    except Refused as refusal:
        return {"refused": str(refusal)}, b""
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return {"refused": "too_many_pixels"}, b""
    except MemoryError:
        return {"refused": "too_much_memory"}, b""
    except Exception:  # 33 of 2,282 hostile files raise something other than OSError.
        return {"refused": "damaged"}, b""


def receive(stream: BinaryIO) -> tuple[Header, bytes] | None:
    """The next job, or ``None`` when the parent has closed its end."""
    head = stream.read(FRAME.size)
    if len(head) < FRAME.size:
        return None
    header_length, data_length = FRAME.unpack(head)
    header, data = stream.read(header_length), stream.read(data_length)
    return (json.loads(header), data) if len(data) == data_length else None


def send(channel: socket.socket, header: Header, data: bytes) -> None:
    text = json.dumps(header).encode()
    channel.sendall(FRAME.pack(len(text), len(data)) + text + data)


def serve(channel: socket.socket, limits: Header) -> None:
    """Answer jobs until the parent closes its end."""
    stream = channel.makefile("rb")
    send(channel, {"ready": True}, b"")
    while (job := receive(stream)) is not None:
        allow_processor_time(limits["processor_seconds"])
        header, copy = answer(job[1], job[0], limits)
        del job
        send(channel, {**header, "resident_mb": resident_megabytes()}, copy)


def main() -> None:
    limits = json.loads(sys.argv[1])
    die_with_parent(limits["parent"])
    prepare_decoders(limits["max_pixels"])
    close_limits(limits)
    serve(socket.socket(fileno=0), limits)


if __name__ == "__main__":
    main()

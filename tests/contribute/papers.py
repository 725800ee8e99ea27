"""Small papers in each format, made here: a PDF by hand, since nothing that writes PDFs is installed."""

from __future__ import annotations

from collections.abc import Sequence


def pdf(pages: Sequence[Sequence[str]], *, encrypted: bool = False) -> bytes:
    """A PDF with one line of text below the other on each page, in Windows-1252."""
    count = len(pages)
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    font = 3 + 2 * count
    for i, lines in enumerate(pages):
        shown = b"\n".join(b"(" + line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b") Tj T*" for line in lines)
        stream = b"BT /F1 11 Tf 14 TL 60 760 Td\n" + shown + b"\nET"
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {4 + 2 * i} 0 R /Resources << /Font << /F1 {font} 0 R >> >> >>"
        objects += [page.encode(), f"<< /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream"]
    kids = " ".join(f"{3 + 2 * i} 0 R" for i in range(count))
    objects[1] = f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode()
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    if encrypted:
        key = "00" * 32
        objects.append(f"<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <{key}> /U <{key}> >>".encode())
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    start = len(out)
    locked = f" /Encrypt {len(objects)} 0 R /ID [<{'01' * 16}> <{'01' * 16}>]" if encrypted else ""
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R{locked} >>\nstartxref\n{start}\n%%EOF\n"
    return out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + table + trailer.encode()


MATH = (
    '<math alttext="r=-0.31\\times 10^{-3}"><semantics><mrow><mi>r</mi><mo>=</mo><mrow><mo>−</mo><mn>0.31</mn></mrow><mo lspace="0">×</mo>'
    '<msup><mn>10</mn><mrow><mo>−</mo><mn>3</mn></mrow></msup></mrow><annotation encoding="application/x-tex">r=-0.31\\times 10^{-3}</annotation>'
    "</semantics></math>"
)
PAGE = f"""<!DOCTYPE html>
<html><head><title>A paper</title><style>p {{ margin: 77px }}</style><script>var hidden = 88;</script></head>
<body>
<p>The rate rose from <b>1</b>0&nbsp;% to
4<sup>2</sup> and then to 40&thinsp;%<sup>12</sup>.</p>
<p>Over 1,&#8203;935 runs, {MATH}, with R<sup>2</sup>&nbsp;=&nbsp;0.6<sup>*</sup>; x<sub>15</sub> is
&minus;0.5.</p>
<table><tr><td>66</td><td>345</td></tr><tr><td>0.71</td><td>&ndash;0.72</td></tr></table>
</body></html>
"""

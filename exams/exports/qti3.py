"""Questions as a QTI 3.0 content package. Pure Python.

Source: 1EdTech, Question and Test Interoperability 3.0, Assessment, Section and Item Information Model and Best
Practices and Implementation Guide (2022): one `qti-assessment-item` a question, a case as `qti-assessment-stimulus`
that its questions refer to, `imsmanifest.xml` on top.
"""

from collections.abc import Iterable
from dataclasses import replace

from exams.exports.qti3_items import item, stimulus
from exams.exports.sheet import packed
from exams.exports.texts import xml
from exams.importers.blocks import Block

_CP = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
_LOM = "http://ltsc.ieee.org/xsd/LOM"
_XSD = "https://purl.imsglobal.org/spec"
_SCHEMAS = (
    f"{_CP} {_XSD}/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd "
    f"{_LOM} {_XSD}/md/v1p3/schema/xsd/imsmd_loose_v1p3p2.xsd"
)


def write_qti3(blocks: Iterable[Block]) -> bytes:
    """A zip with `imsmanifest.xml`, `items/item-0001.xml` … and `stimuli/stimulus-0001.xml` …"""
    parts: dict[str, str] = {}
    resources: list[str] = []
    items = cases = 0
    for block in blocks:
        shared = ""
        children: tuple[Block, ...] = (block,)
        if block.type == "scenario":
            cases += 1
            shared = f"stimulus-{cases:04}"
            path = f"stimuli/{shared}.xml"
            parts[path] = stimulus(shared, block)
            resources.append(_resource(shared, "imsqti_stimulus_xmlv3p0", path, block))
            children = tuple(replace(child, chapter=child.chapter or block.chapter) for child in block.children)
        for child in children:
            items += 1
            name = f"item-{items:04}"
            path = f"items/{name}.xml"
            parts[path] = item(name, child, f"../stimuli/{shared}.xml" if shared else "", shared)
            resources.append(_resource(name, "imsqti_item_xmlv3p0", path, child, shared))
    return packed({"imsmanifest.xml": _manifest(resources), **parts})


def _manifest(resources: list[str]) -> str:
    return (
        f'<manifest xmlns="{_CP}" xmlns:imsmd="{_LOM}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{_SCHEMAS}" identifier="MANIFEST">\n'
        "<metadata><schema>QTI Package</schema><schemaversion>3.0.0</schemaversion></metadata>\n"
        "<organizations/>\n<resources>\n" + "".join(resources) + "</resources>\n</manifest>\n"
    )


def _resource(name: str, kind: str, path: str, block: Block, shared: str = "") -> str:
    """A resource with what a bank needs to find it again: number, knowledge points, chapter."""
    lom = _lom(block)
    depends = f'<dependency identifierref="{shared}"/>\n' if shared else ""
    inside = f'{lom}<file href="{path}"/>\n{depends}'
    return f'<resource identifier="{name}" type="{kind}" href="{path}">\n{inside}</resource>\n'


def _lom(block: Block) -> str:
    entry = f"<imsmd:entry>{xml(block.number)}</imsmd:entry>"
    number = f"<imsmd:identifier>{entry}</imsmd:identifier>" if block.number else ""
    words = [word for word in (*block.points, block.chapter) if word]
    keywords = "".join(
        f'<imsmd:keyword><imsmd:string xml:lang="{_language(block)}">{xml(word)}</imsmd:string></imsmd:keyword>'
        for word in words
    )
    if not number and not keywords:
        return ""
    general = f"<imsmd:general>{number}{keywords}</imsmd:general>"
    return f"<metadata><imsmd:lom>{general}</imsmd:lom></metadata>\n"


def _language(block: Block) -> str:
    return xml(block.language or "zh-Hans")

"""Writers that give items away in the formats of other programs. Pure Python.

Every writer takes the blocks that the readers return (`exams.importers.blocks`) and returns the bytes of one file.
"""

from exams.exports.gift import write_gift
from exams.exports.moodle_xml import write_moodle_xml
from exams.exports.qti3 import write_qti3
from exams.exports.xlsx import write_xlsx

__all__ = ["write_gift", "write_moodle_xml", "write_qti3", "write_xlsx"]

"""What a lesson is written in: sections of text, pictures, films, quotations, questions and courseware."""

from courses.blocks.content import ContentBlock, LessonBody, SectionBlock
from courses.blocks.reading import BlockView, Given, SectionView, sections_of

__all__ = ["BlockView", "ContentBlock", "Given", "LessonBody", "SectionBlock", "SectionView", "sections_of"]

"""The bulletin 信用工作简报 and the news that departments report for it."""

from newsletters.models.issues import BulletinIndexPage, IssuePage
from newsletters.models.news import NewsItem, NewsState
from newsletters.models.reading import Item, Section, read_sections

__all__ = ["BulletinIndexPage", "IssuePage", "Item", "NewsItem", "NewsState", "Section", "read_sections"]

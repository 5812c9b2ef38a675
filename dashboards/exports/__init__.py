"""Figures as files: charts, Excel, Word, PDF."""

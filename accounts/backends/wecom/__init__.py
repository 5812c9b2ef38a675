"""Sign in with 企业微信 (or a 政务微信 of one's own): a provider for allauth, which brings none."""

"""How people are recognised: by password, and by 企业微信, which is an app of its own: nothing is imported here."""

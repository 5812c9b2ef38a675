"""allauth as this site uses it: its doors, with our words, our limits and our audit log."""

from accounts.adapters.account import AccountAdapter
from accounts.adapters.provider import ProviderAdapter
from accounts.adapters.second_factor import SecondFactorAdapter

__all__ = ["AccountAdapter", "ProviderAdapter", "SecondFactorAdapter"]

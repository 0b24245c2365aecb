"""What more than one domain uses."""

from pywats.shared.setting import Setting

__all__ = ["Setting"]

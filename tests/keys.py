"""Keys for tests, long and varied enough to be secrets; they are in public and protect nothing."""

from __future__ import annotations

KEY = "5f0c9e17a3d84b62c1f7409e8ab35d26e07b91c4f8632da5"
OTHER_KEY = "c83e6b0f14d97a25e1608cf3b45d92a7f07e31b6c95d8402"
# With a mark that tests look for where no secret may be.
MARKED_KEY = "ZQ9f83b1c07e62d54aZQ1b6e90fc38d7a2"
OTHER_MARKED_KEY = "ZQ27d0a9e4c61f58b3ZQ6f2e83d0b95a1c"

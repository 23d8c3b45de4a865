"""Plain data of YAML in which no key stands twice: of two values of one key the first would be lost without a word."""

from __future__ import annotations

from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.tag != "tag:yaml.org,2002:merge" and key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} stands twice", key.start_mark)
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
        return super().construct_mapping(node, deep)


def plain_data(content: bytes) -> object:
    """What the text holds: mappings, lists and values.

    Raises:
        yaml.YAMLError: it is not YAML, or cannot be read without losing something.
    """
    try:
        return yaml.load(content, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except ValueError as error:  # a day that no month has, or a number of thousands of digits
        raise yaml.YAMLError(f"a value cannot be read: {error}") from None
    except RecursionError:
        raise yaml.YAMLError("it is nested too deeply") from None

"""OData query options: text -> tree -> SQL conditions with bound values, over an allow-list of properties."""

from pywats_server.odata.compiler import compile_filter
from pywats_server.odata.entity import Entity, Kind, Property, Tags
from pywats_server.odata.ordering import compile_orderby, parse_select
from pywats_server.odata.parser import parse_filter

__all__ = ["Entity", "Kind", "Property", "Tags", "compile_filter", "compile_orderby", "parse_filter", "parse_select"]

"""A contract for import-linter: from outside itself a package imports what a list names, and nothing else."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class AllowListContract(Contract):
    """`source` is the package; `allowed` are the top-level packages that it may import."""

    source = fields.StringField()
    allowed = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001 - import-linter's
        """Find every import of the package's modules that leads outside the list."""
        source, allowed = str(self.source), set(self.allowed)  # type: ignore[call-overload] # a field becomes its value
        refused = [
            (importer, imported)
            for importer in sorted({source} | graph.find_descendants(source))
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not f"{imported}.".startswith(f"{source}.") and imported not in allowed
        ]
        return ContractCheck(kept=not refused, metadata={"refused": refused})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import that is not on the list."""
        for importer, imported in check.metadata["refused"]:
            output.print_error(f"{importer} imports {imported}, which is not on the list.")

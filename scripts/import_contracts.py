"""An import contract of our own: what a feature keeps to itself."""

from importlinter import Contract, ContractCheck, fields, output


class FeaturesKeepToThemselves(Contract):
    """No feature imports another feature's `private` modules; `exempt` packages may import anything."""

    type_name = "features_keep_to_themselves"

    root = fields.StringField()
    private = fields.ListField(subfield=fields.StringField())
    exempt = fields.ListField(subfield=fields.StringField())

    def check(self, graph, verbose):  # noqa: ANN001, ANN201, ARG002 - import-linter's own signature
        found = [
            (importer, imported)
            for imported in sorted(graph.modules)
            if self._is_private(imported)
            for importer in sorted(graph.find_modules_that_directly_import(imported))
            if self._feature(importer) not in {self._feature(imported), *self.exempt}
        ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check):  # noqa: ANN001, ANN201
        for importer, imported in check.metadata["found"]:
            output.print_error(f"{importer} imports {imported}; use that feature's types, queries or services.")

    def _feature(self, module):  # noqa: ANN001, ANN202
        """Return the part after the root: `leads` for `oppspot.leads.models`."""
        return module.removeprefix(f"{self.root}.").partition(".")[0]

    def _is_private(self, module):  # noqa: ANN001, ANN202
        _, _, inside = module.removeprefix(f"{self.root}.").partition(".")
        return inside.partition(".")[0] in self.private

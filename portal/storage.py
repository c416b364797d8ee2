"""How static files are stored."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):
    """Static files with a content hash in their names, ES modules included, and compressed."""

    support_js_module_import_aggregation = True
    # Wagtail's own files refer to a few source maps that it does not ship.
    manifest_strict = False

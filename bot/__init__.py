"""The running bot: composes the pipeline and the handlers."""

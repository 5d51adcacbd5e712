"""The sidebar card: a page for iframes, a web component, and the tokens that open them."""

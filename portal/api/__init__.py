"""The API's router, its description and its page in the browser. Endpoints live in the apps."""

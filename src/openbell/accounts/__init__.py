"""People's accounts: how they prove who they are, and for how long that holds. Routes and cookies are the api's."""

"""Who is who: the natural persons that a tenant knows, and how they stand to each other.

A person exists once per tenant. Her row says nothing of her: what identifies her is in the vault,
encrypted under a key of her own. Persons that turn out to be one are merged; every change leaves
a row in `person_event`. Rooms above (consents, approvals, access) speak of persons by `Person.id`
and ask `queries.natural` which of them are the same human being.
"""

"""Who is who: the natural persons that a tenant knows, what is kept of them, how they stand.

A person exists once per tenant. Her row says nothing of her: what identifies her is in the vault,
encrypted under a key of her own (`sealing`, `fields`), and gone when that key is destroyed.
Persons that turn out to be one are merged; every change leaves a row in `person_event`, which
never says what the data was. Rooms above (consents, approvals, access) speak of persons by
`Person.id`, ask `queries.natural` which of them are the same human being, and name texts about
them by `queries.text_subject`.
"""

-- What a team would write by hand, and the limit of single posts: one transfer in one transaction, both
-- accounts locked in order of id, running balances, two entries, foreign keys, all durable.
CREATE TABLE hand_account (
    id bigint PRIMARY KEY,
    balance bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 0
);
CREATE TABLE hand_transfer (
    id bigserial PRIMARY KEY,
    from_id bigint NOT NULL,
    to_id bigint NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE hand_entry (
    id bigserial PRIMARY KEY,
    transfer_id bigint NOT NULL REFERENCES hand_transfer,
    account_id bigint NOT NULL REFERENCES hand_account,
    amount bigint NOT NULL,
    balance_after bigint NOT NULL,
    version bigint NOT NULL
);
CREATE INDEX ON hand_entry (account_id, version);
INSERT INTO hand_account (id) SELECT generate_series(1, 10000);

CREATE FUNCTION hand_move(source bigint, target bigint, moved bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    made bigint;
    payer hand_account;
    payee hand_account;
BEGIN
    PERFORM 1 FROM hand_account WHERE id IN (source, target) ORDER BY id FOR UPDATE;
    INSERT INTO hand_transfer (from_id, to_id, amount) VALUES (source, target, moved) RETURNING id INTO made;
    UPDATE hand_account SET balance = balance - moved, version = version + 1 WHERE id = source
        RETURNING * INTO payer;
    UPDATE hand_account SET balance = balance + moved, version = version + 1 WHERE id = target
        RETURNING * INTO payee;
    INSERT INTO hand_entry (transfer_id, account_id, amount, balance_after, version) VALUES
        (made, source, -moved, payer.balance, payer.version),
        (made, target, moved, payee.balance, payee.version);
    RETURN made;
END $$;

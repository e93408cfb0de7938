CREATE TABLE customers (
  id integer PRIMARY KEY,
  name text NOT NULL,
  city text,
  credit numeric(12,2),
  active boolean,
  since date,
  note varchar(20),
  code char(5)
);
INSERT INTO customers VALUES
  (1, 'Ada', 'London', 100.00, true, '2020-01-31', 'first', 'A1'),
  (2, 'Bela', 'Budapest', 0.50, false, '2021-02-28', NULL, 'B22'),
  (3, 'Çelik', NULL, NULL, NULL, NULL, '', 'C'),
  (4, 'Dora', 'London', -20.25, true, '1999-12-31', 'x_y%z', NULL),
  (5, 'eva', 'Lima', 100, true, '2024-02-29', 'FIRST', 'A1'),
  (-6, '', '', 99999.99, false, 'infinity', 'neg', '');

CREATE TABLE products (
  id integer PRIMARY KEY,
  name text,
  price numeric(10,2),
  weight double precision,
  detail jsonb,
  sku uuid,
  parent_id integer
);
INSERT INTO products VALUES
  (10, 'pen', 1.20, 0.5, '{"colour": "blue", "size": {"w": 1}}', '00000000-0000-0000-0000-00000000000a', NULL),
  (11, 'ink', 3.00, 'NaN', '{"colour": null, "tags": ["a", "b"]}', '00000000-0000-0000-0000-00000000000b', 10),
  (12, NULL, 0, -0.0, '[1, 2.50]', NULL, 10),
  (13, 'desk', 250.75, 'Infinity', NULL, '00000000-0000-0000-0000-00000000000d', 12),
  (14, 'lamp', NULL, 1e300, '"text"', '00000000-0000-0000-0000-00000000000e', 99);

CREATE TABLE orders (
  id bigint PRIMARY KEY,
  customer_id integer,
  product_id bigint,
  quantity smallint,
  placed timestamp,
  shipped timestamptz,
  rating real,
  discount numeric
);
INSERT INTO orders VALUES
  (100, 1, 10, 3, '2026-01-01 10:00:00', '2026-01-02 00:30:00+02', 4.5, 0.1),
  (101, 1, 11, 1, '2026-01-01 23:59:59.999999', NULL, 3.25, NULL),
  (102, 2, 10, 7, '2026-02-28 00:00:00', '2026-03-01 12:00:00+00', NULL, 0.10),
  (103, 4, 13, 2, NULL, '2026-01-02 00:30:00+02', 5, 0.333),
  (104, NULL, 10, 1, '2026-03-01 08:00:00', NULL, 1, 0),
  (105, 5, NULL, 4, '2026-03-01 08:00:00', NULL, 2, 1),
  (106, 5, 12, NULL, 'infinity', '-infinity', -1.5, 0.5),
  (107, 42, 14, 10, '2025-12-31 00:00:00', NULL, 0, NULL),
  (108, 1, 10, -3, '2026-01-01 10:00:00', NULL, 4.5, 0.25),
  (9000000000, 2, 11, 5, '2026-01-15 12:30:00', '2026-01-20 00:00:00+00', 4.5, 12345678901234567890.123);

CREATE TABLE visits (
  customer_id integer,
  day date,
  minutes integer,
  pause interval,
  at time,
  raw bytea,
  PRIMARY KEY (customer_id, day)
);
INSERT INTO visits VALUES
  (1, '2026-01-01', 10, '1 hour 30 minutes', '08:00', '\x00ff'),
  (1, '2026-01-02', 20, '2 days', '09:30:15.25', '\x'),
  (2, '2026-01-01', NULL, '1 month 3 days', NULL, NULL),
  (2, '2026-01-02', 0, '-1 day +02:00', '23:59:59', '\x41'),
  (4, '2026-01-01', 2147483647, NULL, '00:00', '\x4142'),
  (77, '2026-01-05', 5, '30 days', '12:00', '\x00');

-- A small shop: what ./dev demo and the README use.
CREATE TABLE customers (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  city text NOT NULL
);

CREATE TABLE products (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  price numeric(10, 2) NOT NULL
);

CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id int NOT NULL REFERENCES customers,
  product_id int NOT NULL REFERENCES products,
  quantity int NOT NULL,
  ordered_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO customers (name, city)
SELECT 'customer ' || i,
       (ARRAY['Bergen', 'Cádiz', 'Delft', 'Gdańsk', 'Ghent', 'Graz', 'Lyon', 'Porto'])[1 + i % 8]
FROM generate_series(1, 10000) i;

INSERT INTO products (name, price)
SELECT 'product ' || i, 1 + (i * 37 % 9900) / 100.0 FROM generate_series(1, 1000) i;

INSERT INTO orders (customer_id, product_id, quantity)
SELECT 1 + i * 7919 % 10000, 1 + i * 4729 % 1000, 1 + i % 5 FROM generate_series(1, 100000) i;

-- What Leat needs: a role that may replicate and read, and a publication.
CREATE ROLE leat LOGIN REPLICATION;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO leat;
CREATE PUBLICATION leat_shop FOR ALL TABLES;

ANALYZE;

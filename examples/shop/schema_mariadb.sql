-- The shop of schema.sql in MariaDB (its sequence tables fill it): mariadb shop < schema_mariadb.sql
CREATE TABLE customers (
  id int AUTO_INCREMENT PRIMARY KEY,
  name varchar(100) NOT NULL,
  city varchar(100) NOT NULL
);

CREATE TABLE products (
  id int AUTO_INCREMENT PRIMARY KEY,
  name varchar(100) NOT NULL,
  price decimal(10, 2) NOT NULL
);

CREATE TABLE orders (
  id bigint AUTO_INCREMENT PRIMARY KEY,
  customer_id int NOT NULL REFERENCES customers (id),
  product_id int NOT NULL REFERENCES products (id),
  quantity int NOT NULL,
  ordered_at timestamp(6) NOT NULL DEFAULT current_timestamp(6)
);

INSERT INTO customers (name, city)
SELECT concat('customer ', seq),
       elt(1 + seq % 8, 'Bergen', 'Cádiz', 'Delft', 'Gdańsk', 'Ghent', 'Graz', 'Lyon', 'Porto')
FROM seq_1_to_10000;

INSERT INTO products (name, price)
SELECT concat('product ', seq), 1 + (seq * 37 % 9900) / 100.0 FROM seq_1_to_1000;

INSERT INTO orders (customer_id, product_id, quantity)
SELECT 1 + seq * 7919 % 10000, 1 + seq * 4729 % 1000, 1 + seq % 5 FROM seq_1_to_100000;

-- What Leat needs: a user that may read the binlog and the tables.
CREATE USER leat;
GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO leat;
GRANT SELECT ON shop.* TO leat;

ANALYZE TABLE customers, products, orders;

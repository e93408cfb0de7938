CREATE MATERIALIZED VIEW order_lines AS
SELECT o.id, c.name AS customer, c.city, p.name AS product, o.quantity * p.price AS amount
FROM orders o
JOIN customers c ON c.id = o.customer_id
JOIN products p ON p.id = o.product_id;

CREATE MATERIALIZED VIEW city_sales AS
SELECT c.city, count(*) AS orders, sum(o.quantity * p.price) AS amount
FROM orders o
JOIN customers c ON c.id = o.customer_id
JOIN products p ON p.id = o.product_id
GROUP BY c.city;

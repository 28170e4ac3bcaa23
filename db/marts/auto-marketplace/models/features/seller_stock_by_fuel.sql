{{ seller_stock('fuel') }}

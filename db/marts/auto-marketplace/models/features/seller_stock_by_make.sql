{{ seller_stock('make') }}

{{ seller_stock('body') }}

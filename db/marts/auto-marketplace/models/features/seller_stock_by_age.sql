{{ seller_stock('age_band') }}

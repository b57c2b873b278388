"""What is done at the four service posts (人大代表服务岗): short records, without a clock, beside the matters."""

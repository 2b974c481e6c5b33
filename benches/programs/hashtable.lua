local function sum_of(t)
  local sum = 0
  for _, v in pairs(t) do sum = sum + v end
  return sum
end

local function numbers(n)
  local t = {}
  for i = 0, n - 1 do t[i * 7] = i end
  for i = 0, n - 1, 2 do t[i * 7] = nil end
  local found = 0
  for i = 0, n - 1 do
    if t[i] ~= nil then found = found + 1 end
  end
  return found + sum_of(t)
end

local function strings(n)
  local t, x, size = {}, 1, 0
  for _ = 1, n do
    local key = "key-" .. x % 5000
    local old = t[key]
    if old == nil then
      old = 0
      size = size + 1
    end
    t[key] = old + 1
    x = (x * 75 + 74) % 65537
  end
  return size + sum_of(t)
end

local function symbols(n)
  local t = {}
  local names = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"}
  local function update(key, f, default) t[key] = f(t[key] or default) end
  for i = 0, n - 1 do
    update(names[i % 16 + 1], function(x) return x + 1 end, 0)
  end
  return sum_of(t)
end

print(numbers(1000000) + strings(500000) + symbols(2000000))

local function make(depth)
  if depth == 0 then return {false, false} end
  return {make(depth - 1), make(depth - 1)}
end

local function count(node)
  if node[1] then return 1 + count(node[1]) + count(node[2]) end
  return 1
end

local max_depth = 18
local long_lived = make(max_depth)
local sum = 0
for depth = 4, max_depth, 2 do
  for _ = 1, 1 << (max_depth + 4 - depth) do
    sum = sum + count(make(depth))
  end
end
print(sum + count(long_lived))

local limit = 200

local function steps(cr, ci)
  local zr, zi = 0.0, 0.0
  for n = 0, limit - 1 do
    local zr2, zi2 = zr * zr, zi * zi
    if zr2 + zi2 > 4.0 then return n end
    zr, zi = zr2 - zi2 + cr, 2.0 * (zr * zi) + ci
  end
  return limit
end

local size, sum = 600, 0
for y = 0, size - 1 do
  local ci = 2.0 * y / size - 1.0
  for x = 0, size - 1 do
    sum = sum + steps(3.0 * x / size - 2.0, ci)
  end
end
print(sum)

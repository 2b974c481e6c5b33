-- Boards are linked lists, as in the Scheme program.
local function safe(column, distance, placed)
  while placed do
    local other = placed[1]
    if other == column or other == column + distance or other == column - distance then
      return false
    end
    distance = distance + 1
    placed = placed[2]
  end
  return true
end

local function count_ways(n)
  local all = nil
  for i = n, 1, -1 do all = {i, all} end
  local function place(row, placed)
    if row == n then return 1 end
    local sum = 0
    local candidates = all
    while candidates do
      if safe(candidates[1], 1, placed) then
        sum = sum + place(row + 1, {candidates[1], placed})
      end
      candidates = candidates[2]
    end
    return sum
  end
  return place(0, nil)
end

print(count_ways(12))

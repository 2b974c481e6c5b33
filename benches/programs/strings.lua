local function lines(n)
  local acc = {}
  for i = 1, n do
    acc[i] = "row " .. i .. ": " .. i * i .. "\n"
  end
  return table.concat(acc)
end

local function checksum(text)
  local sum = 0
  for i = 1, #text do
    sum = (31 * sum + text:byte(i)) % 1000003
  end
  return sum
end

local function words(text)
  local start, n = 1, 0
  for i = 1, #text do
    local c = text:byte(i)
    if c == 32 or c == 10 then
      n = n + #text:sub(start, i - 1)
      start = i + 1
    end
  end
  return n
end

local sum = 0
for _ = 1, 20 do
  local text = lines(20000)
  sum = sum + checksum(text) + words(text)
end
print(sum)

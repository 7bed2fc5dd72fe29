# Offhook: what IP phones are told, for the DHCP server of Windows (Server 2012 and later).
# Run it in a PowerShell with administrator rights on that server. It holds for all scopes.
# Unverified: written after the reference of these commands, never run on such a server.
Add-DhcpServerv4OptionDefinition -OptionId 150 -Name 'offhook-150' -Type IPv4Address -MultiValued
Add-DhcpServerv4OptionDefinition -OptionId 159 -Name 'offhook-159' -Type String
Add-DhcpServerv4OptionDefinition -OptionId 160 -Name 'offhook-160' -Type String

# Cisco SPA.
# Unverified: That 159 and 160 are plain strings; the class of a PAP2T; SPA525G2 is also said to
# look at 60, 43 and 125.
# Unverified: that these phones look at next-server (siaddr); no source says it.
# The field siaddr is not set: these commands have nothing for it.
Add-DhcpServerv4Class -Type Vendor -Name 'offhook-cisco-spa-1' -Data 'LINKSYS SPA'
Add-DhcpServerv4Class -Type Vendor -Name 'offhook-cisco-spa-2' -Data 'LINKSYS PAP2'
Add-DhcpServerv4Class -Type Vendor -Name 'offhook-cisco-spa-3' -Data 'CISCO SPA'
Add-DhcpServerv4Class -Type Vendor -Name 'offhook-cisco-spa-4' -Data 'Cisco SPA'
Add-DhcpServerv4Class -Type Vendor -Name 'offhook-cisco-spa-5' -Data 'CISCO ATA191-MPP'
Add-DhcpServerv4Class -Type Vendor -Name 'offhook-cisco-spa-6' -Data 'CISCO ATA192-MPP'
Add-DhcpServerv4Class -Type Vendor -Name 'offhook-cisco-spa-7' -Data 'Cisco Systems, Inc. IP Phone SPA5'
Add-DhcpServerv4Policy -Name 'offhook-cisco-spa' -Condition OR -VendorClass EQ,'offhook-cisco-spa-1*','offhook-cisco-spa-2*','offhook-cisco-spa-3*','offhook-cisco-spa-4*','offhook-cisco-spa-5*','offhook-cisco-spa-6*','offhook-cisco-spa-7*'
Set-DhcpServerv4OptionValue -PolicyName 'offhook-cisco-spa' -OptionId 66 -Value 'prov.example.com'
Set-DhcpServerv4OptionValue -PolicyName 'offhook-cisco-spa' -OptionId 160 -Value 'http://prov.example.com:1445/spa$PSN.cfg'
Set-DhcpServerv4OptionValue -PolicyName 'offhook-cisco-spa' -OptionId 159 -Value 'http://prov.example.com:1445/spa$PSN.cfg'
Set-DhcpServerv4OptionValue -PolicyName 'offhook-cisco-spa' -OptionId 150 -Value '192.0.2.10'

# Polycom.
# Unverified: The number of the custom option (160) and the ASCII form of the class; newer firmware
# may send a binary class with enterprise number 13885.
Add-DhcpServerv4Class -Type Vendor -Name 'offhook-polycom-1' -Data 'Polycom-'
Add-DhcpServerv4Policy -Name 'offhook-polycom' -Condition OR -VendorClass EQ,'offhook-polycom-1*'
Set-DhcpServerv4OptionValue -PolicyName 'offhook-polycom' -OptionId 160 -Value 'http://prov.example.com:1445/'
Set-DhcpServerv4OptionValue -PolicyName 'offhook-polycom' -OptionId 66 -Value 'http://prov.example.com:1445/'

# Snom.
# Option 43 holds 66 "http://prov.example.com:1445" and 67 "{mac}.xml".
# Unverified: Option 114 (captive portal) as a provisioning URL on newer firmware.
Add-DhcpServerv4Class -Type Vendor -Name 'offhook-snom-1' -Data 'snom'
Add-DhcpServerv4Policy -Name 'offhook-snom' -Condition OR -VendorClass EQ,'offhook-snom-1*'
Set-DhcpServerv4OptionValue -PolicyName 'offhook-snom' -OptionId 43 -Value 0x42,0x1d,0x68,0x74,0x74,0x70,0x3a,0x2f,0x2f,0x70,0x72,0x6f,0x76,0x2e,0x65,0x78,0x61,0x6d,0x70,0x6c,0x65,0x2e,0x63,0x6f,0x6d,0x3a,0x31,0x34,0x34,0x35,0x00,0x43,0x0a,0x7b,0x6d,0x61,0x63,0x7d,0x2e,0x78,0x6d,0x6c,0x00
Set-DhcpServerv4OptionValue -PolicyName 'offhook-snom' -OptionId 66 -Value 'http://prov.example.com:1445/'

# Yealink.
# Unverified: Later firmware is said to ask for options 160 and 161 first. Some read option 43 as
# the TR-069 server in sub-option form.
# Unverified: that these phones look at next-server (siaddr); no source says it.
# The field siaddr is not set: these commands have nothing for it.
Add-DhcpServerv4Class -Type Vendor -Name 'offhook-yealink-1' -Data 'yealink'
Add-DhcpServerv4Policy -Name 'offhook-yealink' -Condition OR -VendorClass EQ,'offhook-yealink-1*'
Set-DhcpServerv4OptionValue -PolicyName 'offhook-yealink' -OptionId 66 -Value 'http://prov.example.com:1445/'
Set-DhcpServerv4OptionValue -PolicyName 'offhook-yealink' -OptionId 43 -Value 0x68,0x74,0x74,0x70,0x3a,0x2f,0x2f,0x70,0x72,0x6f,0x76,0x2e,0x65,0x78,0x61,0x6d,0x70,0x6c,0x65,0x2e,0x63,0x6f,0x6d,0x3a,0x31,0x34,0x34,0x35,0x2f
# No class for softclients. Soft clients: these find no server by DHCP.
